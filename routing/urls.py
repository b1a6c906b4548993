"""Addresses of numbers."""

from django.urls import path, re_path

from routing.views import buying, leaving, numbers, orders

app_name = "routing"
urlpatterns = [
    path("", numbers.number_list, name="list"),
    path("status/", numbers.list_status, name="list_status"),
    path("buy/", buying.buy, name="buy"),
    path("buy/review/", buying.review, name="review"),
    path("orders/<uuid:order_id>/", orders.order, name="order"),
    path("orders/<uuid:order_id>/status/", orders.order_status, name="order_status"),
    re_path(r"^(?P<e164>\+\d+)/assign/$", numbers.assign, name="assign"),
    re_path(r"^(?P<e164>\+\d+)/give-back/$", leaving.leave, name="give_back"),
]
