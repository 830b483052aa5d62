DROP TABLE "metric_sample";--> statement-breakpoint
DROP TABLE "metric_1m";--> statement-breakpoint
DROP TABLE "metric_10m";--> statement-breakpoint
DROP TABLE "metric_1h";--> statement-breakpoint
DROP TABLE "metric_series";--> statement-breakpoint
DROP TABLE "metric_level";--> statement-breakpoint
DROP SCHEMA "metric";
