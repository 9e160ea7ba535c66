// Everything that the pages ask, whichever client asks it. Types, and the lists of trusted documents, are generated from here.
import { graphql } from './generated';

export const LogIn = graphql(`
  mutation LogIn($input: LoginInput!) {
    login(input: $input) {
      token {
        content
      }
      user {
        id
        name
      }
    }
  }
`);

export const RefreshToken = graphql(`
  mutation RefreshToken($input: RefreshTokenInput!) {
    refreshToken(input: $input) {
      token {
        content
      }
    }
  }
`);

export const LogOut = graphql(`
  mutation LogOut {
    logout {
      user {
        id
      }
    }
  }
`);

export const Faqs = graphql(`
  query Faqs($first: Int!, $after: String) {
    faqsConnection(first: $first, after: $after) {
      edges {
        node {
          id
          question
          answer
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const Notifications = graphql(`
  query Notifications($first: Int!, $after: String) {
    notifications(first: $first, after: $after) {
      edges {
        node {
          ...NotificationRow
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }

  fragment NotificationRow on Notification {
    id
    title
    message
    createdAt
  }
`);

export const NotificationReceived = graphql(`
  subscription NotificationReceived {
    notificationReceived {
      ...NotificationRow
    }
  }
`);

export const Profile = graphql(`
  query Profile {
    applicant {
      ...ProfileRow
    }
  }

  fragment ProfileRow on Applicant {
    id
    birthDate
    address
  }
`);

export const SaveProfile = graphql(`
  mutation SaveProfile($input: UpdateApplicantInput!) {
    updateApplicant(input: $input) {
      applicant {
        ...ProfileRow
      }
    }
  }
`);

export const HandIn = graphql(`
  mutation HandIn($input: UploadDocumentInput!) {
    uploadDocument(input: $input) {
      document {
        id
        name
        size
      }
    }
  }
`);
