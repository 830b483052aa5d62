DROP INDEX "host_presence_down";--> statement-breakpoint
DROP INDEX "host_by_reason";
