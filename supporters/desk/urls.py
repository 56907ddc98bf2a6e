"""Addresses of the appeals' room, below /desk/appeals/."""

from django.urls import URLPattern, URLResolver, include, path

from supporters.desk import appeals, experiments, keeping, preview, replay, silence, writing

appeal: list[URLPattern | URLResolver] = [
    path("", appeals.page, name="desk-appeal"),
    path("edit/", writing.edit, name="desk-appeal-edit"),
    path("preview/", preview.unsaved, name="desk-appeal-preview"),
    path("replay/", replay.page, name="desk-appeal-replay"),
    path("versions/", appeals.versions, name="desk-appeal-versions"),
    path("versions/<int:number>/", preview.version, name="desk-appeal-version"),
    path("step/<slug:name>/", appeals.step, name="desk-appeal-step"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", appeals.index, name="desk-appeals"),
    path("new/", writing.new, name="desk-appeal-new"),
    path("preview/", preview.unsaved, name="desk-appeal-preview-new"),
    path("sheets/<slug:scheme>/<slug:name>.css", preview.sheet, name="desk-appeal-sheet"),
    path("appeal/<slug:code>/", include(appeal)),
    path("experiments/", experiments.index, name="desk-experiments"),
    path("experiments/new/", experiments.new, name="desk-experiment-new"),
    path("experiments/<slug:code>/", experiments.page, name="desk-experiment"),
    path("experiments/<slug:code>/<slug:name>/", experiments.step, name="desk-experiment-step"),
    path("campaigns/", keeping.campaigns, name="desk-campaigns"),
    path("campaigns/<slug:code>/", keeping.campaign, name="desk-campaign"),
    path("campaigns/<slug:code>/move/", keeping.move_campaign, name="desk-campaign-move"),
    path("claims/", keeping.claims, name="desk-claims"),
    path("claims/<int:pk>/", keeping.claim, name="desk-claim"),
    path("claims/<int:pk>/withdraw/", keeping.withdraw_claim, name="desk-claim-withdraw"),
    path("silence/", silence.index, name="desk-mutes"),
    path("silence/<int:pk>/lift/", silence.lift, name="desk-mute-lift"),
    path("silence/switch/", silence.switch_off, name="desk-switch"),
    path("sites/", keeping.origins, name="desk-origins"),
    path("sites/<int:pk>/remove/", keeping.remove_origin, name="desk-origin-remove"),
]
