//! The nouns of the schema, each by where it is: the object that `node(id:)` finds, whose rows are in its `row`, and what can be
//! asked, changed and watched of it, which is in its `schema`.

/// Hands all nouns to the macro of this name.
macro_rules! nouns {
    ($to:ident) => {
        $to! {
            notary::service { node: Service, query: ServiceQuery, mutation: ServiceMutation }
            notary::order { node: Order, query: OrderQuery, mutation: OrderMutation }
            scholarship::period { node: ScholarshipPeriod, query: PeriodQuery, mutation: PeriodMutation }
            scholarship::applicant { node: Applicant, query: ApplicantQuery, mutation: ApplicantMutation }
            scholarship::document { node: Document, query: DocumentQuery, mutation: DocumentMutation }
            scholarship::upload_type { node: UploadType, query: UploadTypeQuery, mutation: UploadTypeMutation }
            scholarship::additional_upload {
                node: AdditionalUpload, query: AdditionalUploadQuery, mutation: AdditionalUploadMutation
            }
            scholarship::application {
                node: ScholarshipApplication, query: ApplicationQuery, mutation: ApplicationMutation
            }
            accounts::session { mutation: SessionMutation }
            accounts::sign_up { mutation: SignUpMutation }
            accounts::verification { mutation: VerificationMutation }
            accounts::password { mutation: PasswordMutation }
            accounts::user { node: User, query: UserQuery }
            accounts::administration { mutation: UserMutation }
            accounts::invitation { node: Invitation, query: InvitationQuery, mutation: InvitationMutation }
            accounts::staff { mutation: StaffMutation }
            talents::partner { node: Partner, query: PartnerQuery, mutation: PartnerMutation }
            talents::client { node: Client, query: ClientQuery, mutation: ClientMutation }
            talents::dictionary { query: DictionaryQuery }
            talents::import { mutation: ImportMutation }
            talents::report { query: ReportQuery }
            crate::client_errors { node: ClientError, query: ClientErrorQuery, mutation: ClientErrorMutation }
            crate::usage { query: LegacyUsageQuery }
            crate::audit { node: AuditEntry, query: AuditQuery }
            crate::notifications {
                node: Notification, query: NotificationQuery, mutation: NotificationMutation,
                subscription: NotificationSubscription
            }
            content::setting { node: Setting, query: SettingQuery, mutation: SettingMutation }
            content::faq { node: Faq, query: FaqQuery, mutation: FaqMutation }
            content::testimonial { node: Testimonial, query: TestimonialQuery, mutation: TestimonialMutation }
            payments::order {
                node: Payment, query: PaymentQuery, mutation: PaymentMutation, subscription: PaymentSubscription
            }
            payments::event { node: WebhookEvent, query: WebhookEventQuery, mutation: WebhookEventMutation }
            payments::hook { mutation: NotificationHookMutation }
            tracking::network { node: Network, query: NetworkQuery, mutation: NetworkMutation }
            tracking::offer { node: Offer, query: OfferQuery, mutation: OfferMutation }
            tracking::sub_id { node: SubId, query: SubIdQuery, mutation: SubIdMutation }
            tracking::click { node: Click, query: ClickQuery, mutation: ClickMutation, subscription: ClickSubscription }
            tracking::lead { node: Lead, query: LeadQuery, mutation: LeadMutation, subscription: LeadSubscription }
            tracking::conversion { mutation: ConversionMutation }
            tracking::dashboard { query: DashboardQuery }
        }
    };
}

pub(super) use nouns;
