"""Addresses of glossary."""

from django.urls import path

from glossary.views import (
    acknowledging,
    acts,
    back_tests,
    changelog,
    changes,
    delegations,
    feed,
    raci,
    reading,
)

urlpatterns = [
    path("glossary/", reading.glossary, name="glossary"),
    path("glossary/<slug:stage>/", reading.stage, name="glossary_stage"),
    path("changelog/", changelog.changelog, name="changelog"),
    path("changelog/feed/", feed.feed, name="changelog_feed"),
    path("changelog/<slug:workstream>/<int:number>/", changelog.version, name="changelog_version"),
    path(
        "changelog/<slug:workstream>/<int:number>/acknowledge/",
        acknowledging.acknowledge,
        name="acknowledge",
    ),
    path("changelog/<slug:workstream>/compare/", changelog.compare, name="changelog_compare"),
    path("raci/", raci.raci, name="raci"),
    path("changes/", changes.change_list, name="changes"),
    path("changes/new/", changes.change_open, name="change_open"),
    path("changes/delegations/", delegations.delegations, name="delegations"),
    path("changes/delegations/<int:pk>/end/", delegations.end_delegation, name="delegation_end"),
    path("changes/<int:number>/", changes.change, name="change"),
    path("changes/<int:number>/sign/", acts.sign_off, name="change_sign"),
    path("changes/<int:number>/submit/", acts.submit_draft, name="change_submit"),
    path("changes/<int:number>/withdraw/", acts.withdraw_request, name="change_withdraw"),
    path("changes/<int:number>/publish/", acts.publish, name="change_publish"),
    path("changes/<int:number>/emergency/", acts.emergency, name="change_emergency"),
    path("changes/<int:number>/texts/", acts.texts, name="change_texts"),
    path("changes/<int:number>/settle/", acts.settle, name="change_settle"),
    path("changes/<int:number>/comment/", acts.add_comment, name="change_comment"),
    path("changes/<int:number>/back-test/", back_tests.change_back_test, name="change_back_test"),
    path("back-tests/new/", back_tests.back_test_new, name="back_test_new"),
    path("back-tests/<int:pk>/cancel/", back_tests.back_test_cancel, name="back_test_cancel"),
]
