DROP INDEX "audit_record_actor_id";
