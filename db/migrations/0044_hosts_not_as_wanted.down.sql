DROP INDEX "host_configuration_untaken";--> statement-breakpoint
DROP INDEX "host_configuration_local";
