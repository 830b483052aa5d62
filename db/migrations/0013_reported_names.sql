ALTER TABLE "host" ADD COLUMN "reported_fqdn" text;--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "searched",
	ADD COLUMN "searched" text GENERATED ALWAYS AS (lower((fqdn || coalesce(E'\n' || reported_fqdn, '') || translate(addresses::text, '[," ]', E'\n\n')) collate "C")) STORED NOT NULL;
