DROP TABLE "renewal";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "renewal_requested_at";
