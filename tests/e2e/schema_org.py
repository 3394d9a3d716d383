# SPDX-License-Identifier: Apache-2.0
"""Is JSON-LD what schema.org allows? Types, properties, their domains and ranges, as they stand in
version 30.0 of the vocabulary, as far as reviews of this program use them."""
import re

PARENTS = {
    "Article": ["CreativeWork"],
    "AudioObject": ["MediaObject"],
    "Claim": ["CreativeWork"],
    "ClaimReview": ["Review"],
    "CreativeWork": ["Thing"],
    "ImageObject": ["MediaObject"],
    "Intangible": ["Thing"],
    "MediaObject": ["CreativeWork"],
    "MediaReview": ["Review"],
    "MediaReviewItem": ["CreativeWork"],
    "NewsArticle": ["Article"],
    "Organization": ["Thing"],
    "Person": ["Thing"],
    "Rating": ["Intangible"],
    "Review": ["CreativeWork"],
    "Thing": [],
    "VideoObject": ["MediaObject"],
}
PROPERTIES = {
    "about": (["Certification", "CommunicateAction", "CreativeWork", "DefinedTerm", "DefinedTermSet", "Event"],
        ["Thing"]),
    "alternateName": (["Thing"],
        ["Text"]),
    "appearance": (["Claim"],
        ["CreativeWork"]),
    "associatedClaimReview": (["Review"],
        ["Review"]),
    "author": (["CreativeWork", "Rating"],
        ["Organization", "Person"]),
    "bestRating": (["Rating"],
        ["Number", "Text"]),
    "claimReviewed": (["ClaimReview"],
        ["Text"]),
    "contentSize": (["MediaObject"],
        ["Text"]),
    "contentUrl": (["MediaObject"],
        ["URL"]),
    "datePublished": (["Certification", "CreativeWork"],
        ["Date", "DateTime"]),
    "inLanguage": (["BroadcastService", "CommunicateAction", "CreativeWork", "Event", "LinkRole", "PronounceableText", "WriteAction"],
        ["Language", "Text"]),
    "itemReviewed": (["AggregateRating", "Review"],
        ["Thing"]),
    "mediaAuthenticityCategory": (["MediaReview"],
        ["MediaManipulationRatingEnumeration"]),
    "mediaItemAppearance": (["MediaReviewItem"],
        ["MediaObject"]),
    "name": (["Thing"],
        ["Text"]),
    "originalMediaContextDescription": (["MediaReview"],
        ["Text"]),
    "publisher": (["CreativeWork", "FinancialIncentive"],
        ["Organization", "Person"]),
    "ratingValue": (["Rating"],
        ["Number", "Text"]),
    "reviewBody": (["Review"],
        ["Text"]),
    "reviewRating": (["Review"],
        ["Rating"]),
    "sha256": (["MediaObject"],
        ["Text"]),
    "text": (["CreativeWork"],
        ["Text"]),
    "url": (["Thing"],
        ["URL"]),
    "worstRating": (["Rating"],
        ["Number", "Text"]),
}
CATEGORIES = ["DecontextualizedContent", "EditedOrCroppedContent", "OriginalMediaContent", "SatireOrParodyContent", "StagedContent", "TransformedContent"]


def ancestors(name):
    found = {name}
    for parent in PARENTS[name]:
        found |= ancestors(parent)
    return found


def literal_fits(ranges, value):
    """A string where one of these is wanted."""
    return (("Text" in ranges or "Number" in ranges)
            or ("URL" in ranges and re.fullmatch(r"https?://[^\s]+", value))
            or ("Date" in ranges and re.fullmatch(
                r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\dZ)?)?)?", value))
            or ("MediaManipulationRatingEnumeration" in ranges and value in CATEGORIES))


class Validator:
    """problems: a list of lines; empty when all is well."""

    def __init__(self, document):
        self.problems = []
        self.types = {}
        if document.get("@context") != "https://schema.org":
            self.problems.append("context")
        for node in document["@graph"]:
            self.collect(node)
        for node in document["@graph"]:
            self.node(node, "@graph")

    def collect(self, node):
        if isinstance(node, list):
            for one in node:
                self.collect(one)
        elif isinstance(node, dict):
            if "@id" in node and "@type" in node:
                if node["@id"] in self.types:
                    self.problems.append("%s is there twice" % node["@id"])
                self.types[node["@id"]] = node["@type"]
            for value in node.values():
                self.collect(value)

    def node(self, node, path):
        kind = node.get("@type", self.types.get(node.get("@id")))
        if kind not in PARENTS:
            self.problems.append("%s: type %s" % (path, kind))
            return
        for name, value in node.items():
            if name.startswith("@"):
                continue
            where = "%s/%s.%s" % (path, kind, name)
            if name not in PROPERTIES:
                self.problems.append(where + ": no such property")
                continue
            domains, ranges = PROPERTIES[name]
            if not ancestors(kind) & set(domains):
                self.problems.append(where + ": not of this type")
            for one in value if isinstance(value, list) else [value]:
                self.value(one, ranges, where)

    def value(self, value, ranges, where):
        if isinstance(value, str):
            if not literal_fits(ranges, value):
                self.problems.append("%s: %r" % (where, value))
            return
        self.node(value, where)
        kind = value.get("@type", self.types.get(value.get("@id")))
        if kind in PARENTS and not ancestors(kind) & set(ranges):
            self.problems.append("%s: a %s" % (where, kind))
