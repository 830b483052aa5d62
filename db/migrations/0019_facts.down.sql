DROP TABLE "host_software";--> statement-breakpoint
DROP TABLE "software";--> statement-breakpoint
DROP TABLE "host_fact_change";--> statement-breakpoint
DROP TABLE "host_fact";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "facts_digest";
