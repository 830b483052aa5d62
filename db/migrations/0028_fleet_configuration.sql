CREATE TABLE "configuration_order" (
	"fleet_id" uuid PRIMARY KEY NOT NULL,
	"place" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "configuration_layer" DROP CONSTRAINT "configuration_layer_named";--> statement-breakpoint
ALTER TABLE "configuration_layer" ADD COLUMN "fleet_id" uuid;--> statement-breakpoint
ALTER TABLE "configuration_order" ADD CONSTRAINT "configuration_order_fleet_id_fleet_id_fk" FOREIGN KEY ("fleet_id") REFERENCES "public"."fleet"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "configuration_layer" ADD CONSTRAINT "configuration_layer_fleet_id_fleet_id_fk" FOREIGN KEY ("fleet_id") REFERENCES "public"."fleet"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "configuration_layer" ADD CONSTRAINT "configuration_layer_fleet" UNIQUE("fleet_id");--> statement-breakpoint
ALTER TABLE "configuration_layer" ADD CONSTRAINT "configuration_layer_named" CHECK (layer = coalesce('host/' || host_id::text, 'fleet/' || fleet_id::text, 'global')
      and num_nonnulls(host_id, fleet_id) < 2);