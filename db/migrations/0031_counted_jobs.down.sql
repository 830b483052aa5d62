ALTER TABLE "job" DROP COLUMN "refused";--> statement-breakpoint
ALTER TABLE "job" DROP COLUMN "done";
