"""Alerts about those who ask: readers, machines, and the documents they send."""

from deploy.monitoring.alerts.alert import Alert, Fires, Group, of

_SIGN_INS_REFUSED = 'postkamer_sign_ins_total{outcome="refused"}'
_REFUSED_LATELY = f"sum by (service) (increase({_SIGN_INS_REFUSED}[15m]))"
_REFUSED_USUALLY = f"sum by (service) (increase({_SIGN_INS_REFUSED}[1d] offset 15m)) / 96"

READERS = Group(
    "readers",
    (
        Alert(
            "ReadersTurnedAway",
            "sum by (service, asked) (increase(postkamer_services_away_total[10m])) > 5",
            minutes=0,
            severity="critical",
            summary="Readers are turned away: {{ $labels.asked }} does not answer the portal.",
            fires=Fires(
                {
                    of("postkamer_services_away_total", service="portal", asked="documents"): (
                        "0+2x20"
                    )
                },
                {"service": "portal", "asked": "documents"},
                minutes=10,
            ),
            quiet={
                of("postkamer_services_away_total", service="portal", asked="documents"): (
                    "0 1 2x20"
                )
            },
        ),
        Alert(
            "LinksRefused",
            'sum by (service) (rate(postkamer_links_total{outcome="refused"}[10m])) > 1',
            minutes=10,
            severity="info",
            summary="Somebody tries links that open nothing, more than one a second.",
            fires=Fires(
                {of("postkamer_links_total", service="identity", outcome="refused"): "0+120x30"},
                {"service": "identity"},
                minutes=20,
            ),
            quiet={
                of("postkamer_links_total", service="identity", outcome="refused"): "0+3x30",
                of("postkamer_links_total", service="identity", outcome="opened"): "0+600x30",
            },
        ),
        Alert(
            "SignInsRefused",
            # Where yesterday is not known yet, many are too many.
            f"{_REFUSED_LATELY} > 50 unless {_REFUSED_LATELY} <= 5 * {_REFUSED_USUALLY}",
            minutes=5,
            severity="warning",
            summary="Many more sign-ins are refused than usual: somebody may be trying passwords.",
            fires=Fires(
                {
                    of("postkamer_sign_ins_total", service="identity", outcome="refused"): (
                        "0+1x1440 1450+10x60"
                    )
                },
                {"service": "identity"},
                minutes=1470,
            ),
            quiet={
                of("postkamer_sign_ins_total", service="identity", outcome="refused"): "0+6x1500",
                of("postkamer_sign_ins_total", service="identity", outcome="done"): (
                    "0+1x1440 1450+10x60"
                ),
                # From none to a few.
                of("postkamer_sign_ins_total", service="another", outcome="refused"): (
                    "0x1440 2+2x60"
                ),
            },
        ),
        Alert(
            "ClientsRefused",
            'sum by (service) (increase(postkamer_tokens_total{outcome="invalid_client"}[15m]))'
            " > 20",
            minutes=0,
            severity="info",
            summary="Somebody asks for tokens with a client id or secret that is not good.",
            fires=Fires(
                {
                    of("postkamer_tokens_total", service="identity", outcome="invalid_client"): (
                        "0+5x20"
                    )
                },
                {"service": "identity"},
                minutes=12,
            ),
            quiet={
                of("postkamer_tokens_total", service="identity", outcome="invalid_client"): "8x20",
                of("postkamer_tokens_total", service="identity", outcome="granted"): "0+50x20",
            },
        ),
        Alert(
            "KeysAway",
            'sum by (service) (increase(postkamer_tokens_refused_total{why="keys_away"}[10m])) > 0',
            minutes=2,
            severity="warning",
            summary="{{ $labels.service }} cannot check tokens: identity's keys cannot be had.",
            fires=Fires(
                {
                    of("postkamer_tokens_refused_total", service="documents", why="keys_away"): (
                        "0+1x20"
                    )
                },
                {"service": "documents"},
                minutes=5,
            ),
            quiet={
                of("postkamer_tokens_refused_total", service="documents", why="invalid"): "0+5x20",
                of("postkamer_tokens_refused_total", service="documents", why="keys_away"): "0x20",
            },
        ),
        Alert(
            "WorkersDying",
            "sum by (service, kind) (increase(postkamer_workers_died_total[10m])) > 5",
            minutes=0,
            severity="warning",
            summary="Documents end the workers that open them ({{ $labels.kind }}), again and "
            "again.",
            fires=Fires(
                {
                    of("postkamer_workers_died_total", service="documents", kind="reading"): (
                        "0+2x20"
                    )
                },
                {"service": "documents", "kind": "reading"},
                minutes=10,
            ),
            quiet={
                of("postkamer_workers_died_total", service="documents", kind="reading"): "0 2x20"
            },
        ),
        Alert(
            "DocumentsTooHard",
            'sum by (service) (rate(postkamer_worker_job_seconds_count{outcome="too_hard"}[15m])) '
            "/ sum by (service) (rate(postkamer_worker_job_seconds_count[15m])) > 0.1",
            minutes=15,
            severity="info",
            summary="More than 1 file in 10 takes too much time or memory to read.",
            fires=Fires(
                {
                    of(
                        "postkamer_worker_job_seconds_count",
                        service="documents",
                        kind="reading",
                        outcome="too_hard",
                    ): "0+2x60",
                    of(
                        "postkamer_worker_job_seconds_count",
                        service="documents",
                        kind="reading",
                        outcome="done",
                    ): "0+8x60",
                },
                {"service": "documents"},
                minutes=35,
            ),
            quiet={
                of(
                    "postkamer_worker_job_seconds_count",
                    service="documents",
                    kind="reading",
                    outcome="too_hard",
                ): "0x60",
                of(
                    "postkamer_worker_job_seconds_count",
                    service="documents",
                    kind="reading",
                    outcome="done",
                ): "0+8x60",
            },
        ),
    ),
)
