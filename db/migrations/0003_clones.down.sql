DROP INDEX "host_enrolment_unique";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "enrolment_id";--> statement-breakpoint
DROP TABLE "clone";
