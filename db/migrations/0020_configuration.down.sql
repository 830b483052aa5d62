DROP TABLE "host_configuration";--> statement-breakpoint
DROP TABLE "configuration_version";--> statement-breakpoint
DROP TABLE "configuration_layer";
