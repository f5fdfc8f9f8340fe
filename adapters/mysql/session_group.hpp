#pragma once
#include <string>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/job/job_id.hpp"

namespace transload::mysql {

/// The group of a job's sessions.
[[nodiscard]] std::string session_group(const JobId& job);

/// The user-level lock that stands for a seat; 64 characters at most for a job's group.
[[nodiscard]] std::string seat_name(const Endpoint& server, const std::string& group, unsigned number);

/// The sessions that one job has at one server. A session that the program does not hear any more (cut network, stopped
/// machine) stays there with its transaction and its locks until the server notices, which takes it hours. Therefore each
/// session of a group holds a user-level lock of the server, named after the group and its seat, and whoever joins ends
/// those that hold a seat which nobody in this process has. One process works for a group at a time.
class SessionSeat {
  public:
    /// Takes the lowest free seat. `session` has just been opened and takes no part in the sweep of others.
    /// Best effort: where the server knows no such locks, or the lost session belongs to another account, nothing is ended.
    SessionSeat(Connection& session, const std::string& group);
    ~SessionSeat();
    SessionSeat(const SessionSeat&) = delete;
    SessionSeat& operator=(const SessionSeat&) = delete;

  private:
    explicit SessionSeat(std::string key);

    std::string key_;
    unsigned number_ = 0;
};

}  // namespace transload::mysql
