"""Tokens for schemathesis: one for most operations, a fresh one where the operation uses its token up."""

import itertools
import json
import os
import urllib.error
import urllib.request

import schemathesis

URL = os.environ["GERBANG_URL"]
API = os.environ["GERBANG_API"]
PASSWORD = "rahasia-demo-123"

# Whose token, and where it is got: path, body and the place of the token in the answer.
LOG_IN = {
    "talentsmapping": ("api/auth/login", {"email": "admin@talents.test"}, ["access_token"]),
    "apextrack": ("api/login", {"email": "affiliate@apex.test", "device_name": "ci"}, ["token"]),
    "notary": ("api/v1/auth/signin", {"email": "admin@notary.test"}, ["data", "token"]),
    "scholarship": ("api/login", {"email": "applicant@yiss.test"}, ["data", "token"]),
    "staff": ("api/v1/auth/login", {"login": "admin"}, ["token"]),
}
# Logging out of the staff accounts ends every session of the user.
LOG_OUT = {**LOG_IN, "staff": ("api/v1/auth/login", {"login": "budi123"}, ["token"])}
SIGN_UP = ("api/v1/auth/signup", {"name": "Somebody"}, ["data", "token", "content"])

kept = {}
numbers = itertools.count()


def token(path, body, place):
    """The token that the API gives; the last one, if it gives none any more."""
    request = urllib.request.Request(
        f"{URL}/{API}/{path}",
        data=json.dumps({**body, "password": PASSWORD}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as response:
            answer = json.load(response)
    except urllib.error.HTTPError:
        # A test may have changed the account. Then the operation is called with a token that is used up.
        return kept.get(path, "none")
    for key in place:
        answer = answer[key]
    kept[path] = answer
    return answer


@schemathesis.auth(refresh_interval=None, cache_by_key=lambda case, context: None)
class Tokens:
    def get(self, case, context):
        name = context.operation.definition.raw.get("operationId", "")
        if name.startswith("LogOut"):
            return token(*LOG_OUT[API])
        if name.startswith("RefreshTalentsToken"):
            return token(*LOG_IN[API])
        if name in ("CancelSignUp", "ResendSignUp", "ShowSignUpStatus"):
            path, body, place = SIGN_UP
            # Mails to one address are few.
            return token(path, {**body, "email": f"somebody{next(numbers)}@example.test"}, place)
        if "main" not in kept:
            kept["main"] = token(*LOG_IN[API])
        return kept["main"]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"
