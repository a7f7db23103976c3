"""The product's own words in templates."""

from django import template

register = template.Library()
