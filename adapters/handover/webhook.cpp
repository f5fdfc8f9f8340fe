#include "adapters/handover/webhook.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "adapters/handover/webhook_url.hpp"

namespace transload::handover {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t longest_answer = 64UL << 10;
constexpr std::size_t shown_of_answer = 200;

/// Ends a request at its deadline, or when the job is stopped. The client's own limits are those of single steps.
class Watchdog {
  public:
    Watchdog(httplib::Client& client, Deadline deadline, std::stop_token stop)
        : thread_([this, &client, deadline, stop = std::move(stop)](const std::stop_token& done) {
              std::unique_lock lock(mutex_);
              std::stop_callback wake(stop, [this] { changed_.notify_all(); });
              while (!done.stop_requested()) {
                  const bool over = stop.stop_requested() || std::chrono::steady_clock::now() >= deadline;
                  // Again and again: it has no effect before the connection is there.
                  if (over) client.stop();
                  const Deadline next = std::chrono::steady_clock::now() + 20ms;
                  changed_.wait_until(lock, done, over ? next : std::min(deadline, next), [] { return false; });
              }
          }) {}

  private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::jthread thread_;  ///< last: it uses what is above
};

std::string printable(std::string_view answer) {
    std::string text;
    for (const char c : answer.substr(0, shown_of_answer)) text += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    return text;
}

}  // namespace

void post_webhook(const std::string& url, const std::string& document, Deadline deadline, RunControl& control) {
    const WebhookUrl where = parse_webhook_url(url);
    control.check();
    const auto left = std::max(milliseconds{1}, std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now()));
    httplib::Client client(where.origin);
    if (!client.is_valid()) throw failure(where.origin, "the webhook's URL can't be used");
    client.set_connection_timeout(left);
    // The watchdog ends these, and is the one who knows why.
    client.set_read_timeout(left + 1s);
    client.set_write_timeout(left + 1s);
    client.set_follow_location(false);
    client.enable_server_certificate_verification(true);

    httplib::Request request;
    request.method = "POST";
    request.path = where.path;
    request.body = document;
    request.set_header("Content-Type", "application/json");
    std::string answer;
    request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
        answer.append(data, size);
        return answer.size() <= longest_answer;
    };
    httplib::Response response;
    httplib::Error error = httplib::Error::Success;
    bool answered = false;
    {
        const Watchdog watchdog(client, deadline, control.stop_token());
        answered = client.send(request, response, error);
    }
    control.check();
    if (!answered && std::chrono::steady_clock::now() + 10ms >= deadline)
        throw failure(where.origin, "the webhook has not answered in time");
    if (!answered) throw failure(where.origin, "the webhook does not answer: " + httplib::to_string(error));
    if (response.status < 200 || response.status > 299)
        throw failure(where.origin, fmt::format("the webhook answered {}{}", response.status,
                                                answer.empty() ? "" : ": " + printable(answer)));
    tell_event(control, where.origin, fmt::format("the webhook answered {}", response.status));
}

}  // namespace transload::handover
