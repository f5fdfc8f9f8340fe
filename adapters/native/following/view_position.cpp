#include "adapters/native/following/view_position.hpp"

#include "orchestrator/plan/error.hpp"

namespace transload::native {
namespace {

mysql::binlog::Position position_of(const mysql::LogState& state, const mysql::ConsistentView& view) {
    mysql::binlog::Position position;
    position.server = view.server();
    position.file = state.file;
    position.offset = std::stoull(state.offset);
    position.gtids = state.gtids;
    position.mariadb = position.server.starts_with("server_id:");
    return position;
}

}  // namespace

PlacedView place(const mysql::ConsistentView& view) {
    PlacedView placed;
    placed.exact = view.exactness() != mysql::ViewExactness::single;
    const auto [low, high] = view.bracket();
    if (!high.known() || (!placed.exact && !low.known()))
        throw Error(ErrorKind::failed, "native.no_log", view.endpoint().label(),
                    "the position of a view of this server can't be read: it keeps no binary log, or the account may not "
                    "look",
                    "switch log_bin on, and GRANT REPLICATION CLIENT ON *.* to the account");
    placed.position = position_of(high, view);
    if (!placed.exact) placed.bracket_low = position_of(low, view);
    return placed;
}

}  // namespace transload::native
