import hashlib
import json

from django.db import migrations


def canonical(content):
    """As the trail and the manifests write it, kept here as it was when this migration was made."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def carry_over(apps, _schema_editor):
    Claim = apps.get_model("ledger", "Claim")
    Application = apps.get_model("signoffs", "Application")
    rows = []
    for claim in Claim.objects.select_related("issue", "notice").order_by("pk").iterator(chunk_size=500):
        issue = claim.issue
        manifest = canonical(
            {
                "issue": {"id": issue.pk, "code": issue.code, "text": issue.text},
                "claim": {
                    "words": claim.status_line,
                    "completion": claim.completion,
                    "is_sustained": claim.is_sustained,
                },
                "source": {"title": claim.notice.title, "line": claim.line, "sha256": claim.file_sha256},
            }
        )
        rows.append(
            Application(
                inspection_id=issue.inspection_id,
                issue=issue,
                round=0,
                origin="imported",
                status="claimed",
                statement=claim.status_line,
                completion=claim.completion,
                is_sustained=claim.is_sustained,
                manifest=manifest,
                manifest_sha256=hashlib.sha256(manifest.encode()).hexdigest(),
                applied_at=claim.notice.at,
                ended_at=claim.notice.at,
                source_title=claim.notice.title,
                source_line=claim.line,
                source_sha256=claim.file_sha256,
            )
        )
    Application.objects.bulk_create(rows, batch_size=500)


def carry_back(apps, _schema_editor):
    """Back to claims, for whoever goes back a version; a claim without its notice cannot be one."""
    Claim = apps.get_model("ledger", "Claim")
    Notice = apps.get_model("ledger", "Notice")
    Application = apps.get_model("signoffs", "Application")
    notices = {(notice.inspection_id, notice.title): notice for notice in Notice.objects.order_by("pk")}
    claims = Application.objects.filter(origin="imported", measure=None)
    rows = [
        Claim(
            issue_id=claim.issue_id,
            notice=notices[claim.inspection_id, claim.source_title],
            completion=claim.completion,
            is_sustained=claim.is_sustained,
            status_line=claim.statement,
            line=claim.source_line,
            file_sha256=claim.source_sha256,
        )
        for claim in claims
        if (claim.inspection_id, claim.source_title) in notices
    ]
    Claim.objects.bulk_create(rows, batch_size=500)
    claims.delete()


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_workbook'),
        ('signoffs', '0002_claims'),
    ]

    operations = [
        migrations.RunPython(carry_over, carry_back),
        migrations.DeleteModel(name='Claim'),
    ]
