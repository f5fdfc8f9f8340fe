#include <fmt/format.h>

#include <array>
#include <set>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/quoting.hpp"

/// Events, sequences and packages.
namespace transload::mysql {
namespace {

using Kind = StoredObject::Kind;

void look_at_event_time_zones(Context& context) {
    std::map<std::string, bool> known;
    for (const StoredObject* event : context.moving(Kind::event)) {
        const std::string& zone = event->time_zone;
        if (zone.empty() || zone == "SYSTEM" || zone[0] == '+' || zone[0] == '-') continue;
        if (!known.contains(zone))
            known[zone] = context.target.connection()
                              .scalar(fmt::format("SELECT CONVERT_TZ('2001-01-01 00:00:00', '+00:00', {})",
                                                  quote_text(zone)))
                              .has_value();
        if (!known[zone])
            context.log.add("object.event_time_zone", event->name.display(),
                            fmt::format("event {} uses the time zone {}, which the target does not know",
                                        event->name.display(), zone));
    }
}

void look_at_event_schedulers(Context& context) {
    std::vector<std::string> enabled;
    for (const StoredObject* event : context.moving(Kind::event))
        if (event->enabled) enabled.push_back(event->name.display());
    if (enabled.empty()) return;
    if (context.target.on("event_scheduler"))
        context.log.add("object.events_fire_twice", context.target.side(),
                        fmt::format("the target's event scheduler is on: {} will run on both servers{}",
                                    enumerate(enabled),
                                    context.source.on("event_scheduler") ? "" : " (the source's is off)"));
    else
        context.log.add(
            "object.events_fire_twice", Severity::info, context.target.side(),
            fmt::format("the target's event scheduler is off: {} will not run there", enumerate(enabled)),
            "SET GLOBAL event_scheduler=ON on the target when the source is out of use");
}

void look_at_sequences_and_packages(Context& context) {
    const bool carried = context.target.mariadb();
    for (const StoredObject* sequence : context.moving(Kind::sequence)) {
        const std::string name = sequence->name.display();
        if (carried)
            context.log.add(
                "object.sequence", name,
                fmt::format("the definition of sequence {} is carried, its present value is not", name),
                fmt::format(
                    "SELECT SETVAL({}, n, 0) on the target, where n is next_not_cached_value of the "
                    "source's",
                    quote_name({context.target_database(sequence->name.database), sequence->name.table})));
        else
            context.log.add("object.sequence", Severity::error, name,
                            fmt::format("{} is a sequence, and MySQL has none", name),
                            fmt::format("--exclude '{}', or choose a MariaDB target", sequence->name.table));
    }
    std::set<std::string> packages;  // specification and body are two rows of one name
    for (const StoredObject* package : context.moving(Kind::package))
        if (!carried && packages.insert(package->name.display()).second)
            context.log.add("object.package", package->name.display(),
                            fmt::format("{} is a package, and MySQL has none", package->name.display()),
                            fmt::format("DROP PACKAGE {} on the source, or choose a MariaDB target",
                                        quote_name(package->name)));
}

constexpr std::array checks{
    Check{"time zones of events", look_at_event_time_zones},
    Check{"event schedulers", look_at_event_schedulers},
    Check{"sequences and packages", look_at_sequences_and_packages},
};

}  // namespace

std::span<const Check> object_checks() {
    return checks;
}

}  // namespace transload::mysql
