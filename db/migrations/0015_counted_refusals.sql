CREATE TABLE "audit_refusal" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"counted" jsonb NOT NULL,
	"mac" text NOT NULL
);
