#pragma once
#include <string>

#include "adapters/handover/facts.hpp"

namespace transload::handover {

/// POSTs the document. Certificates of https are checked against the system's authorities (SSL_CERT_FILE, SSL_CERT_DIR
/// name others). Redirects are not followed. Throws Error{failed, "cutover.hand_over"} for any answer but 2xx, for none
/// and at the deadline, Error{cancelled} when the job is stopped.
void post_webhook(const std::string& url, const std::string& document, Deadline deadline, RunControl& control);

}  // namespace transload::handover
