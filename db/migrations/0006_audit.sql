CREATE TABLE "audit_pending" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"actor_label" text,
	"action" text NOT NULL,
	"object_kind" text,
	"object_id" text,
	"object_label" text,
	"address" text,
	"request_id" text,
	"outcome" text NOT NULL,
	"code" text,
	"before" jsonb,
	"after" jsonb,
	"mac" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_record" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"actor_label" text,
	"action" text NOT NULL,
	"object_kind" text,
	"object_id" text,
	"object_label" text,
	"address" text,
	"request_id" text,
	"outcome" text NOT NULL,
	"code" text,
	"before" jsonb,
	"after" jsonb,
	"previous_mac" text NOT NULL,
	"mac" text NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', regexp_replace(
        coalesce(actor_label, '') || ' ' || action || ' ' || coalesce(object_label, '') || ' ' || coalesce(object_id, '') || ' ' ||
        coalesce(address, '') || ' ' || coalesce(code, '') || ' ' || coalesce(request_id, ''), '[!-/:-@[-`{-~]+', ' ', 'g'))) STORED,
	CONSTRAINT "audit_record_id" UNIQUE("id"),
	CONSTRAINT "audit_record_sequence" CHECK (sequence between 1 and 9007199254740991)
);
--> statement-breakpoint
CREATE INDEX "audit_record_at" ON "audit_record" USING btree ("at","sequence");--> statement-breakpoint
CREATE INDEX "audit_record_actor" ON "audit_record" USING btree ("actor_label","at","sequence");--> statement-breakpoint
CREATE INDEX "audit_record_action" ON "audit_record" USING btree ("action","at","sequence");--> statement-breakpoint
CREATE INDEX "audit_record_object" ON "audit_record" USING btree ("object_id","at","sequence");--> statement-breakpoint
CREATE INDEX "audit_record_not_done" ON "audit_record" USING btree ("outcome","at","sequence") WHERE outcome <> 'done';--> statement-breakpoint
CREATE INDEX "audit_record_search" ON "audit_record" USING gin ("search");--> statement-breakpoint
CREATE FUNCTION "audit_refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	is_sealed boolean := false;
BEGIN
	-- What waits may leave for the log itself. With its schema named: a temporary table of the same name comes first otherwise.
	IF TG_TABLE_NAME = 'audit_pending' AND TG_OP = 'DELETE' THEN
		EXECUTE format('SELECT EXISTS (SELECT FROM %I.audit_record WHERE id = $1)', TG_TABLE_SCHEMA) INTO is_sealed USING OLD.id;
		IF is_sealed THEN
			RETURN OLD;
		END IF;
	END IF;
	RAISE EXCEPTION 'the audit log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE FUNCTION "audit_refuse_gap"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	placed_count bigint;
	first_placed bigint;
	last_placed bigint;
	follows boolean;
BEGIN
	SELECT count(*), min(sequence), max(sequence) INTO placed_count, first_placed, last_placed FROM placed;
	IF placed_count = 0 THEN
		RETURN NULL;
	END IF;
	-- The sealer goes on after the highest number there is: from one far above, it would never come back. Numbers are
	-- unique, so what has the one before the first, and no hole, stands at the end of a log that has none either.
	EXECUTE format('SELECT $1 = 1 OR EXISTS (SELECT FROM %I.audit_record WHERE sequence = $1 - 1)', TG_TABLE_SCHEMA) INTO follows USING first_placed;
	IF NOT follows OR last_placed - first_placed + 1 <> placed_count THEN
		RAISE EXCEPTION 'the audit log is a chain: a record must follow the last one without a gap' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_record_no_gap" AFTER INSERT ON "audit_record" REFERENCING NEW TABLE AS placed FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse_gap"();
--> statement-breakpoint
CREATE TRIGGER "audit_record_append_only" BEFORE UPDATE OR DELETE ON "audit_record" FOR EACH ROW EXECUTE FUNCTION "audit_refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_record_keep" BEFORE TRUNCATE ON "audit_record" FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_pending_append_only" BEFORE UPDATE OR DELETE ON "audit_pending" FOR EACH ROW EXECUTE FUNCTION "audit_refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_pending_keep" BEFORE TRUNCATE ON "audit_pending" FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse_change"();
