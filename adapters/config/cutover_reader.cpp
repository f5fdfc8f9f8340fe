#include "adapters/config/cutover_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "adapters/config/config_error.hpp"

namespace transload::config {
namespace {

[[noreturn]] void refuse_remote(const Value& value) {
    throw config_error("config.not_allowed", value.path(), "is not allowed over HTTP",
                       "It is a program on the server's machine: use write_stop super_read_only and a webhook, or run the "
                       "job there with `transload migrate`.");
}

/// Program and arguments; a single text is a program without any. No shell ever sees it.
std::vector<std::string> read_hook(const Value& value) {
    const bool text = value.node().kind == NodeKind::word || value.node().kind == NodeKind::text;
    if (text && value.node().origin == Origin::file) return {value.text()};
    return value.texts();
}

void read_accounts(const Value& value, CutoverOptions& cutover) {
    cutover.accounts = value.texts();
    std::set<std::string_view> seen;
    for (const std::string& account : cutover.accounts) {
        const std::size_t at = account.rfind('@');
        if (at == std::string::npos || at == 0 || at + 1 == account.size() || account.front() == '\'')
            value.wrong_value(fmt::format("expected accounts as user@host, got {}", shown(account)),
                              "Write them as the server's mysql.user has them, without quotes.");
        if (!seen.insert(account).second)
            value.wrong_value(fmt::format("names {} twice", shown(account)));
    }
}

/// http://host[:port][/path]. No password may be in it: it is stored and shown as it is.
std::string read_webhook(const Value& value) {
    std::string url = value.text();
    const std::size_t scheme = url.find("://");
    const std::string_view name = std::string_view(url).substr(0, scheme);
    const std::string_view rest = scheme == std::string::npos ? std::string_view() : std::string_view(url).substr(scheme + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    const bool printable =
        std::all_of(url.begin(), url.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
    if ((name != "http" && name != "https") || authority.empty() || authority.front() == ':' || !printable ||
        authority.find('@') != std::string_view::npos)
        value.wrong_value("expected a URL http://host/path or https://host/path, without an account in it");
    return url;
}

HandOverOptions read_hand_over(const Value& value, bool remote) {
    HandOverOptions hand_over;
    const MapReader map(value.node(), value.path(), {"command", "webhook", "timeout"});
    if (const auto command = map.get("command")) {
        if (remote) refuse_remote(*command);
        hand_over.command = read_hook(*command);
    }
    if (const auto webhook = map.get("webhook")) hand_over.webhook = read_webhook(*webhook);
    if (const auto timeout = map.get("timeout"))
        hand_over.timeout = timeout->duration(std::chrono::milliseconds{100}, std::chrono::minutes{10});
    return hand_over;
}

void read_write_stop(const MapReader& map, CutoverOptions& cutover, bool remote) {
    if (const auto method = map.get("write_stop")) {
        cutover.write_stop = method->choice<WriteStopMethod>();
        if (remote && cutover.write_stop == WriteStopMethod::hook) refuse_remote(*method);
    }
    if (const auto hook = map.get("hook")) {
        if (remote) refuse_remote(*hook);
        cutover.hook = read_hook(*hook);
    }
    if (const auto accounts = map.get("accounts")) {
        read_accounts(*accounts, cutover);
        if (!cutover.accounts.empty() && cutover.write_stop != WriteStopMethod::revoke)
            throw config_error("config.conflict", accounts->path(),
                               fmt::format("names accounts, and write_stop is {}", to_string(cutover.write_stop)),
                               "Accounts are for write_stop: revoke.");
    }
    if (cutover.write_stop == WriteStopMethod::revoke && cutover.accounts.empty())
        throw config_error("config.missing", map.path_of("accounts"), "is missing, and write_stop is revoke",
                           "Name the accounts that write to the source: accounts: [app@%, batch@10.0.0.5].");
    if (cutover.write_stop == WriteStopMethod::hook && cutover.hook.empty())
        throw config_error("config.missing", map.path_of("hook"), "is missing, and write_stop is hook",
                           "Name the program that stops the writers: hook: [/path/to/program, argument]. It is called "
                           "with one more argument, stop or release.");
}

}  // namespace

CutoverOptions read_cutover(const Value& value, bool remote) {
    using std::chrono::hours;
    using std::chrono::milliseconds;
    CutoverOptions cutover;
    if (!value.is_map()) {
        cutover.mode = value.choice<CutoverMode>();
        return cutover;
    }
    const MapReader map(value.node(), value.path(),
                        {"mode", "write_stop", "accounts", "hook", "timeout", "open_transactions", "transaction_limit",
                         "max_lag", "reverse", "hand_over"});
    if (const auto mode = map.get("mode")) cutover.mode = mode->choice<CutoverMode>();
    read_write_stop(map, cutover, remote);
    if (const auto timeout = map.get("timeout")) cutover.timeout = timeout->duration(std::chrono::seconds{1}, hours{1});
    if (const auto open = map.get("open_transactions")) cutover.open_transactions = open->choice<OpenTransactions>();
    if (const auto limit = map.get("transaction_limit"))
        cutover.transaction_limit = limit->duration(milliseconds{0}, hours{1});
    if (const auto lag = map.get("max_lag")) cutover.max_lag = lag->duration(milliseconds{1}, hours{1});
    if (const auto reverse = map.get("reverse")) {
        cutover.reverse = reverse->boolean();
        if (cutover.reverse && cutover.mode == CutoverMode::none)
            throw config_error("config.conflict", reverse->path(), "asks for a way back, and the job has no cutover",
                               "Say mode: auto or manual.");
    }
    if (const auto hand_over = map.get("hand_over")) cutover.hand_over = read_hand_over(*hand_over, remote);
    return cutover;
}

FollowOptions read_follow(const Value& value) {
    FollowOptions follow;
    const MapReader map(value.node(), value.path(), {"ddl", "validate_every"});
    if (const auto ddl = map.get("ddl")) follow.ddl = ddl->choice<DdlPolicy>();
    if (const auto every = map.get("validate_every")) {
        follow.validate_every = every->duration(std::chrono::milliseconds{0}, std::chrono::hours{24 * 7});
        if (follow.validate_every.count() > 0 && follow.validate_every < std::chrono::seconds{1})
            every->wrong_value("expected 0 (once) or a duration from 1s to 168h");
    }
    return follow;
}

}  // namespace transload::config
