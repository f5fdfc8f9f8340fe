#include <fmt/format.h>

#include <array>
#include <set>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/quoting.hpp"

/// Events, and kinds of objects that are not carried.
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
        context.log.add("object.events_fire_twice", Severity::info, context.target.side(),
                        fmt::format("the target's event scheduler is off: {} will not run there", enumerate(enabled)),
                        "SET GLOBAL event_scheduler=ON on the target when the source is out of use");
}

void find_kinds_not_carried(Context& context) {
    for (const StoredObject* sequence : context.moving(Kind::sequence))
        context.log.add("object.sequence", sequence->name.display(),
                        fmt::format("{} is a sequence, which this version does not carry", sequence->name.display()),
                        fmt::format("create it on the target by hand and --exclude '{}'", sequence->name.table));
    std::set<std::string> packages;  // specification and body are two rows of one name
    for (const StoredObject* package : context.moving(Kind::package))
        if (packages.insert(package->name.display()).second)
            context.log.add("object.package", package->name.display(),
                            fmt::format("{} is a package, which this version does not carry", package->name.display()));
}

constexpr std::array checks{
    Check{"time zones of events", look_at_event_time_zones},
    Check{"event schedulers", look_at_event_schedulers},
    Check{"sequences and packages", find_kinds_not_carried},
};

}  // namespace

std::span<const Check> object_checks() { return checks; }

}  // namespace transload::mysql
