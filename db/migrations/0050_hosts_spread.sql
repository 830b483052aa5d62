DROP INDEX "host_platform";--> statement-breakpoint
CREATE INDEX "host_platform" ON "host" USING btree ("platform","approval","agent_version");