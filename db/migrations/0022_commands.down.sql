DROP TABLE "host_ability";--> statement-breakpoint
DROP TABLE "command_output";--> statement-breakpoint
DROP TABLE "command_run";--> statement-breakpoint
DROP TABLE "command";
