from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0002_jobs_and_vendors"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("brief_published", "Brief %(subject)s is published."),
                    ("submission_received", "Submission %(subject)s was received."),
                    (
                        "submissions_opened",
                        "The submissions to %(subject)s were opened.",
                    ),
                    ("review_assigned", "You are asked to review %(subject)s."),
                    ("award_made", "%(subject)s is awarded."),
                    ("not_awarded", "%(subject)s was not awarded."),
                    ("contract_to_sign", "Contract %(subject)s waits for you."),
                    ("contract_signed", "Contract %(subject)s is signed."),
                    ("pilot_opened", "Pilot %(subject)s is open."),
                    (
                        "robot_to_release",
                        "A robot of %(subject)s is to be withdrawn; an official must agree.",
                    ),
                    ("gate_assessed", "The gate of %(subject)s was assessed."),
                    (
                        "gate_to_recommend",
                        "The gate of %(subject)s waits for your recommendation.",
                    ),
                    ("gate_to_decide", "The gate of %(subject)s waits for a decision."),
                    (
                        "gate_to_approve",
                        "The gate of %(subject)s waits for a second official.",
                    ),
                    ("gate_decided", "The gate of %(subject)s is decided."),
                    ("tranche_ordered", "Volume tranche %(subject)s is ordered."),
                    (
                        "vendor_registered",
                        "Vendor %(subject)s has registered and waits to be accepted.",
                    ),
                    (
                        "vendor_accepted",
                        "Your company is accepted; you may submit plans.",
                    ),
                    ("vendor_refused", "Your company was refused; see why."),
                    ("job_finished", "%(subject)s is done."),
                ],
                max_length=32,
            ),
        ),
    ]
