#include "adapters/config/endpoint_reader.hpp"

#include <fmt/format.h>

#include "adapters/config/config_error.hpp"
#include "adapters/config/database_url.hpp"

namespace transload::config {
namespace {

void read_map(const Value& side, const EndpointRules& rules, EndpointWords& words, PasswordChoice& password) {
    std::vector<std::string_view> keys = server_keys();
    keys.insert(keys.end(), {"database", "databases"});
    if (side.path() == "target") keys.push_back("sharding");  // read elsewhere; here for whoever mistypes it
    const MapReader map(side.node(), side.path(), keys);
    words.endpoint = read_server_parts(map, rules, password);
    const auto database = map.get("database");
    const auto databases = map.get("databases");
    if (database && databases)
        throw config_error("config.conflict", databases->path(), "stands beside `database`",
                           "Keep one of them.");
    if (database) words.databases = {{{database->text(), {}}}, database->path(), database->node().origin};
    if (databases) words.databases = read_databases(*databases);
}

}  // namespace

EndpointWords read_endpoint(const MapReader& job, std::string_view side, const EndpointRules& rules) {
    const auto value = job.get(side);
    if (!value)
        throw config_error(
            "config.missing", side, "is missing",
            fmt::format("Say which server: --{} mysql://user@host:3306/database, or `{}:` in the "
                        "job file.",
                        side, side));
    EndpointWords words;
    PasswordChoice password;
    if (value->is_map()) {
        read_map(*value, rules, words, password);
    } else {
        if (value->node().kind != NodeKind::word && value->node().kind != NodeKind::text)
            value->wrong_type("a URL or a map");
        DatabaseUrl url = parse_database_url(value->node().text, value->path());
        check_url_files(url.endpoint.tls, value->path(), rules);
        if (url.has_password) password.offer(url.endpoint.password, value->path(), value->node().origin);
        if (!url.database.empty())
            words.databases = {{{url.database, {}}}, value->path(), value->node().origin};
        words.endpoint = std::move(url.endpoint);
    }
    password.offer_keys(job, fmt::format("{}_password", side), fmt::format("{}_password_file", side), rules);
    words.endpoint.password = password.take();
    return words;
}

}  // namespace transload::config
