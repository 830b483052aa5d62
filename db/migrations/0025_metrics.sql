-- Partitions have a schema of their own, so that the tables that are the same everywhere stay to be seen.
CREATE SCHEMA "metric";
--> statement-breakpoint
CREATE TABLE "metric_1h" (
	"series_id" integer NOT NULL,
	"start" timestamp with time zone NOT NULL,
	"buckets" smallint[],
	"lowest" real[] NOT NULL,
	"average" real[] NOT NULL,
	"highest" real[] NOT NULL,
	"counts" smallint[] NOT NULL,
	CONSTRAINT "metric_1h_pk" PRIMARY KEY("series_id","start")
) PARTITION BY RANGE ("start");
--> statement-breakpoint
CREATE TABLE "metric_level" (
	"step" integer PRIMARY KEY NOT NULL,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "metric_1m" (
	"series_id" integer NOT NULL,
	"start" timestamp with time zone NOT NULL,
	"buckets" smallint[],
	"lowest" real[] NOT NULL,
	"average" real[] NOT NULL,
	"highest" real[] NOT NULL,
	"counts" smallint[] NOT NULL,
	CONSTRAINT "metric_1m_pk" PRIMARY KEY("series_id","start")
) PARTITION BY RANGE ("start");
--> statement-breakpoint
CREATE TABLE "metric_sample" (
	"host_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"figures" real[] NOT NULL,
	"mounts" text[] NOT NULL,
	"disks" real[] NOT NULL,
	CONSTRAINT "metric_sample_pk" PRIMARY KEY("host_id","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "metric_series" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "metric_series_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"host_id" uuid NOT NULL,
	"metric" smallint NOT NULL,
	"label" text DEFAULT '' NOT NULL,
	CONSTRAINT "metric_series_unique" UNIQUE("host_id","metric","label")
);
--> statement-breakpoint
CREATE TABLE "metric_10m" (
	"series_id" integer NOT NULL,
	"start" timestamp with time zone NOT NULL,
	"buckets" smallint[],
	"lowest" real[] NOT NULL,
	"average" real[] NOT NULL,
	"highest" real[] NOT NULL,
	"counts" smallint[] NOT NULL,
	CONSTRAINT "metric_10m_pk" PRIMARY KEY("series_id","start")
) PARTITION BY RANGE ("start");
--> statement-breakpoint
ALTER TABLE "metric_series" ADD CONSTRAINT "metric_series_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;
