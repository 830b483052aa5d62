ALTER TABLE "host" DROP COLUMN "searched",
	ADD COLUMN "searched" text GENERATED ALWAYS AS (lower((fqdn || translate(addresses::text, '[," ]', E'\n\n')) collate "C")) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "reported_fqdn";
