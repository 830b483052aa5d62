DROP TABLE "setup_token";--> statement-breakpoint
DROP TABLE "session";--> statement-breakpoint
DROP TABLE "certificate";--> statement-breakpoint
DROP TABLE "host_event";--> statement-breakpoint
DROP TABLE "host_presence";--> statement-breakpoint
DROP TABLE "host";--> statement-breakpoint
DROP TABLE "user";
