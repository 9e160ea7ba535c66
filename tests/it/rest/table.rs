//! Every route of the five documents, written down by hand, so that none can go missing.

use axum::http::Method;
use gerbang::http::routes::routes;
use gerbang_rest::listing;

use crate::support::openapi::{ROUTES, document};

/// The 69 routes that the documents name, API by API and in their order.
const DOCUMENTED: [(&str, &[&str]); 5] = [
    (
        "talentsmapping",
        &[
            "POST /api/auth/login",
            "POST /api/auth/logout",
            "POST /api/auth/refresh",
            "GET /api/auth/me",
            "GET /api/partners",
            "GET /api/partners/{partner_id}",
            "GET /api/partners/{partner_id}/clients",
            "GET /api/clients",
            "GET /api/clients/{client_id}",
            "GET /api/clients/{client_id}/raw",
            "GET /api/clients/{client_id}/pdf/full",
            "GET /api/clients/{client_id}/pdf/short",
            "GET /api/clients/{client_id}/image/tmm",
            "GET /api/clients/{client_id}/image/scm",
            "GET /api/dictionaries/assessment-result",
            "POST /api/midtrans/notif-hook",
            "POST /api/doku/notif-hook",
            "POST /api/xendit/notif-hook",
            "GET /api/user",
            "GET /api/summary-report",
            "POST /api/log-client-error",
        ],
    ),
    (
        "apextrack",
        &[
            "POST /api/register",
            "POST /api/login",
            "POST /api/logout",
            "POST /api/email/verify",
            "POST /api/email/resend",
            "GET /api/user",
            "GET /api/dashboard-data",
            "GET|POST /api/postback/conversion",
        ],
    ),
    (
        "notary",
        &[
            "POST /api/v1/auth/signin",
            "POST /api/v1/auth/signup",
            "GET /api/v1/auth/signup/confirm",
            "GET /api/v1/auth/signup/status",
            "POST /api/v1/auth/signup/resend",
            "POST /api/v1/auth/signup/cancel",
            "POST /api/v1/office/invitation/create",
            "GET /api/v1/office/service",
            "POST /api/v1/office/service/{id}",
            "PUT /api/v1/office/service/{id}",
            "PATCH /api/v1/office/service/{id}",
            "DELETE /api/v1/office/service/{id}",
            "GET /api/v1/invitation/open",
            "POST /api/v1/invitation/accept",
        ],
    ),
    (
        "scholarship",
        &[
            "POST /api/register",
            "POST /api/login",
            "POST /api/logout",
            "POST /api/forgot-password",
            "POST /api/reset-password",
            "POST /api/calon-beswan",
            "GET /api/calon-beswan",
            "PUT /api/calon-beswan",
            "POST /api/calon-beswan/berkas",
            "GET /api/calon-beswan/berkas",
            "POST /api/calon-beswan/additional-uploads",
            "GET /api/calon-beswan/additional-uploads",
            "GET /api/beasiswa/periods",
            "POST /api/beasiswa/apply",
            "GET /api/beasiswa/my-application",
            "GET /api/notifications",
            "POST /api/notifications/{id}/read",
            "GET /api/settings",
            "GET /api/faqs",
            "GET /api/testimonials",
        ],
    ),
    (
        "staff",
        &[
            "GET /api/v1/auth/get-list",
            "POST /api/v1/auth/register",
            "POST /api/v1/auth/login",
            "POST /api/v1/auth/logout",
            "GET /api/v1/auth/profile",
            "POST /api/auth/update",
        ],
    ),
];

/// Paths that answer beside the documented ones: a document names them in passing, or its base is ambiguous.
const BESIDES: [&str; 2] = ["notary POST /api/v1/office/service", "staff POST /api/v1/auth/update"];

fn documented() -> Vec<String> {
    let of_api =
        |(api, routes): &(&str, &[&str])| routes.iter().map(|route| format!("{api} {route}")).collect::<Vec<_>>();
    DOCUMENTED.iter().flat_map(of_api).collect()
}

#[test]
fn there_are_69_routes() {
    assert_eq!(documented().len(), 69);
}

#[test]
fn references_have_the_order_of_the_documents() {
    for (api, routes) in DOCUMENTED {
        let base = ROUTES.iter().find(|route| route.dialect.slug == api).unwrap().dialect.bases[0];
        let expected: Vec<String> = routes
            .iter()
            .flat_map(|route| {
                let (methods, path) = route.split_once(' ').unwrap();
                methods.split('|').map(move |method| format!("{method} {path}"))
            })
            .collect();
        let items = document(api)["paths"].as_object().unwrap();
        let shown: Vec<String> = items
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().keys();
                methods.map(move |method| format!("{} {base}{path}", method.to_uppercase()))
            })
            .filter(|route| expected.contains(route))
            .collect();
        assert_eq!(shown, expected);
    }
}

#[test]
fn every_documented_route_is_served_and_nothing_else() {
    let routes = routes().unwrap_or_else(|defects| panic!("{defects:#?}"));
    let mut served = Vec::new();
    for route in routes {
        let methods = route.methods.iter().map(Method::as_str).collect::<Vec<_>>().join("|");
        let (api, base) = (route.dialect.slug, route.dialect.bases[0]);
        served.extend(route.paths.iter().map(|path| format!("{api} {methods} {base}{path}")));
    }
    served.sort();

    let mut expected = documented();
    expected.extend(BESIDES.map(str::to_owned));
    expected.sort();

    let missing: Vec<_> = expected.iter().filter(|route| !served.contains(route)).collect();
    let unknown: Vec<_> = served.iter().filter(|route| !expected.contains(route)).collect();
    assert!(missing.is_empty(), "documented, but not served: {missing:#?}");
    assert!(
        unknown.is_empty(),
        "served, but not documented here (name a route that a document has in `DOCUMENTED`): {unknown:#?}"
    );
    assert_eq!(served.len(), expected.len(), "a route is served twice");
    // `gerbang routes` shows the same.
    assert_eq!(listing(routes).lines().count(), 1 + served.len());
}
