DROP TRIGGER "host_inserted_figure" ON "host";--> statement-breakpoint
DROP FUNCTION "host_figure_take_new"();--> statement-breakpoint
DROP INDEX "host_by_system";--> statement-breakpoint
DROP INDEX "host_by_agent";--> statement-breakpoint
DROP INDEX "host_by_health";--> statement-breakpoint
DROP TABLE "host_figure";
