DROP TABLE "audit_refusal";
