ALTER TABLE "host" DROP COLUMN "tags";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "enrolment_token_id";--> statement-breakpoint
DROP TABLE "enrolment_token";
