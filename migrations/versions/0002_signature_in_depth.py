"""Signature in depth

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_provider_events_event_id")),
    )
    with op.batch_alter_table("provider_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_events_at"), ["at"], unique=False)

    op.create_table(
        "passkey_challenges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("challenge", sa.String(length=50), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("user_handle", sa.String(length=90), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passkey_challenges_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenges")),
        sa.UniqueConstraint("challenge", name=op.f("uq_passkey_challenges_challenge")),
    )
    with op.batch_alter_table("passkey_challenges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_challenges_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.String(length=4000), nullable=False),
        sa.Column("user_handle", sa.String(length=90), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("synced", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passkeys_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("key_id", name=op.f("uq_passkeys_key_id")),
    )
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkeys_person_id"), ["person_id"], unique=False)

    op.create_table(
        "provider_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("envelope_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=80), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("trouble", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_look", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelopes.id"], name=op.f("fk_provider_requests_envelope_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_requests")),
        sa.UniqueConstraint("envelope_id", name=op.f("uq_provider_requests_envelope_id")),
    )
    with op.batch_alter_table("provider_requests", schema=None) as batch_op:
        batch_op.create_index("ix_provider_requests_look", ["closed_at", "next_look"], unique=False)
        batch_op.create_index(batch_op.f("ix_provider_requests_request_id"), ["request_id"], unique=False)

    op.create_table(
        "signing_approvers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("envelope_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("documents", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelopes.id"], name=op.f("fk_signing_approvers_envelope_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_signing_approvers_party_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_signing_approvers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_approvers")),
        sa.UniqueConstraint("ref", name=op.f("uq_signing_approvers_ref")),
    )
    with op.batch_alter_table("signing_approvers", schema=None) as batch_op:
        batch_op.create_index("ix_signing_approvers_person", ["person_id"], unique=False)
        batch_op.create_index(
            "uq_signing_approvers_live",
            ["envelope_id", "party_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'removed'"),
            postgresql_where=sa.text("status <> 'removed'"),
        )

    op.create_table(
        "signing_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("envelope_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asker_id"], ["people.id"], name=op.f("fk_signing_copies_asker_id")),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelopes.id"], name=op.f("fk_signing_copies_envelope_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_signing_copies_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_copies")),
        sa.UniqueConstraint("envelope_id", "party_id", "email", name=op.f("uq_signing_copies_envelope_id_party_id_email")),
        sa.UniqueConstraint("ref", name=op.f("uq_signing_copies_ref")),
    )
    op.create_table(
        "signing_reminder_policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("envelope_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelopes.id"], name=op.f("fk_signing_reminder_policies_envelope_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_reminder_policies")),
        sa.UniqueConstraint("envelope_id", name=op.f("uq_signing_reminder_policies_envelope_id")),
    )
    op.create_table(
        "provider_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("remote_id", sa.String(length=64), nullable=False),
        sa.Column("sent_sha256", sa.String(length=64), nullable=False),
        sa.Column("returned_sha256", sa.String(length=64), nullable=False),
        sa.Column("likeness", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["envelope_documents.id"], name=op.f("fk_provider_documents_document_id")),
        sa.ForeignKeyConstraint(["request_id"], ["provider_requests.id"], name=op.f("fk_provider_documents_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_documents")),
        sa.UniqueConstraint("request_id", "document_id", name=op.f("uq_provider_documents_request_id_document_id")),
    )
    op.create_table(
        "provider_signers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=False),
        sa.Column("remote_id", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("audit_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_provider_signers_person_id")),
        sa.ForeignKeyConstraint(["request_id"], ["provider_requests.id"], name=op.f("fk_provider_signers_request_id")),
        sa.ForeignKeyConstraint(["signatory_id"], ["signatories.id"], name=op.f("fk_provider_signers_signatory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_signers")),
        sa.UniqueConstraint("request_id", "signatory_id", name=op.f("uq_provider_signers_request_id_signatory_id")),
    )
    op.create_table(
        "signatory_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=False),
        sa.Column("json", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["signatory_id"], ["signatories.id"], name=op.f("fk_signatory_evidence_signatory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatory_evidence")),
        sa.UniqueConstraint("signatory_id", name=op.f("uq_signatory_evidence_signatory_id")),
    )
    op.create_table(
        "signing_authority_proofs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("filename", sa.String(length=150), nullable=False),
        sa.Column("mime", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_signing_authority_proofs_added_by")),
        sa.ForeignKeyConstraint(["delegate_id"], ["people.id"], name=op.f("fk_signing_authority_proofs_delegate_id")),
        sa.ForeignKeyConstraint(["signatory_id"], ["signatories.id"], name=op.f("fk_signing_authority_proofs_signatory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_authority_proofs")),
        sa.UniqueConstraint("ref", name=op.f("uq_signing_authority_proofs_ref")),
    )
    with op.batch_alter_table("signing_authority_proofs", schema=None) as batch_op:
        batch_op.create_index("ix_signing_authority_proofs_signatory", ["signatory_id"], unique=False)

    op.create_table(
        "signing_passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=50), nullable=False),
        sa.Column("documents_sha256", sa.String(length=64), nullable=False),
        sa.Column("challenge", sa.String(length=50), nullable=False),
        sa.Column("rp_id", sa.String(length=255), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(length=1400), nullable=False),
        sa.Column("key_name", sa.String(length=100), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authenticator_data", sa.Text(), nullable=False),
        sa.Column("client_data", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_signing_passkeys_person_id")),
        sa.ForeignKeyConstraint(["signatory_id"], ["signatories.id"], name=op.f("fk_signing_passkeys_signatory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_passkeys")),
        sa.UniqueConstraint("challenge", name=op.f("uq_signing_passkeys_challenge")),
        sa.UniqueConstraint("nonce", name=op.f("uq_signing_passkeys_nonce")),
    )
    with op.batch_alter_table("signing_passkeys", schema=None) as batch_op:
        batch_op.create_index("ix_signing_passkeys_signatory", ["signatory_id", "created_at"], unique=False)

    with op.batch_alter_table("comment_mentions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("signatories", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rank", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("holder_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("delegate_of", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("delegate_of_title", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("delayed_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_signatories_holder_id"), "people", ["holder_id"], ["id"])

    # Envelopes sent before ranks existed invited everybody at once: nobody is invited again.
    op.execute("UPDATE signatories SET invited_at = (SELECT sent_at FROM envelopes WHERE envelopes.id = signatories.envelope_id)")


def downgrade() -> None:
    with op.batch_alter_table("signatories", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_signatories_holder_id"), type_="foreignkey")
        batch_op.drop_column("next_try_at")
        batch_op.drop_column("delayed_since")
        batch_op.drop_column("invited_at")
        batch_op.drop_column("delegate_of_title")
        batch_op.drop_column("delegate_of")
        batch_op.drop_column("holder_id")
        batch_op.drop_column("rank")

    with op.batch_alter_table("comment_mentions", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_at")

    with op.batch_alter_table("signing_passkeys", schema=None) as batch_op:
        batch_op.drop_index("ix_signing_passkeys_signatory")

    op.drop_table("signing_passkeys")
    with op.batch_alter_table("signing_authority_proofs", schema=None) as batch_op:
        batch_op.drop_index("ix_signing_authority_proofs_signatory")

    op.drop_table("signing_authority_proofs")
    op.drop_table("signatory_evidence")
    op.drop_table("provider_signers")
    op.drop_table("provider_documents")
    op.drop_table("signing_reminder_policies")
    op.drop_table("signing_copies")
    with op.batch_alter_table("signing_approvers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_signing_approvers_live", sqlite_where=sa.text("status <> 'removed'"), postgresql_where=sa.text("status <> 'removed'")
        )
        batch_op.drop_index("ix_signing_approvers_person")

    op.drop_table("signing_approvers")
    with op.batch_alter_table("provider_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provider_requests_request_id"))
        batch_op.drop_index("ix_provider_requests_look")

    op.drop_table("provider_requests")
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkeys_person_id"))

    op.drop_table("passkeys")
    with op.batch_alter_table("passkey_challenges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkey_challenges_expires_at"))

    op.drop_table("passkey_challenges")
    with op.batch_alter_table("provider_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provider_events_at"))

    op.drop_table("provider_events")
