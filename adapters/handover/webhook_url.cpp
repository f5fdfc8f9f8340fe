#include "adapters/handover/webhook_url.hpp"

#include <algorithm>

#include "adapters/handover/facts.hpp"

namespace transload::handover {

WebhookUrl parse_webhook_url(std::string_view url) {
    const auto refuse = [](const char* what) { return failure("cutover.hand_over.webhook", what); };
    if (!url.starts_with("http://") && !url.starts_with("https://"))
        throw refuse("the webhook's URL has to begin with http:// or https://");
    if (std::any_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c == '\x7f'; }))
        throw refuse("the webhook's URL holds blanks or control characters");
    const std::size_t host = url.find("://") + 3;
    const std::size_t end = std::min(url.find_first_of("/?#", host), url.size());
    WebhookUrl result;
    result.origin = std::string(url.substr(0, end));
    if (end == host) throw refuse("the webhook's URL names no host");
    if (result.origin.find('@') != std::string::npos) throw refuse("a login has no place in the webhook's URL");
    result.path = std::string(url.substr(end, url.find('#', end) - end));
    if (!result.path.starts_with('/')) result.path = "/" + result.path;
    return result;
}

}  // namespace transload::handover
