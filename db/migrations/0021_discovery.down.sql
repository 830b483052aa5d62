DROP TABLE "discovery_switch";--> statement-breakpoint
DROP TABLE "discovery_server";--> statement-breakpoint
DROP TABLE "discovery_request";--> statement-breakpoint
DROP TABLE "discovery_beacon";
