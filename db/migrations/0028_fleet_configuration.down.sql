DROP TABLE "configuration_order";--> statement-breakpoint
DELETE FROM "configuration_layer" WHERE "fleet_id" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "configuration_layer" DROP CONSTRAINT "configuration_layer_named";--> statement-breakpoint
ALTER TABLE "configuration_layer" DROP COLUMN "fleet_id";--> statement-breakpoint
ALTER TABLE "configuration_layer" ADD CONSTRAINT "configuration_layer_named" CHECK (layer = coalesce('host/' || host_id::text, 'global'));
