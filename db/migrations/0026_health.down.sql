DELETE FROM "host_event" WHERE "kind" IN ('health_ok', 'health_warning', 'health_critical');--> statement-breakpoint
DROP INDEX "host_ill";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "health_reason";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "health_since";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "health";--> statement-breakpoint
DROP TABLE "health_finding";--> statement-breakpoint
DROP TABLE "health_rule_list";
