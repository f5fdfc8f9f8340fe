#pragma once
#include <string>
#include <string_view>

namespace transload::handover {

/// An http(s) URL in the two parts that a client takes.
struct WebhookUrl {
    std::string origin;  ///< "https://host:port", what is shown: paths of webhooks are often secret
    std::string path;    ///< with its query; "/" at least
};

/// Throws Error{failed, "cutover.hand_over"}, without the URL's text, for what is no http:// or https:// URL, and for one
/// with a login in it.
[[nodiscard]] WebhookUrl parse_webhook_url(std::string_view url);

}  // namespace transload::handover
