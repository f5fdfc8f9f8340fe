#pragma once
#include <chrono>

struct st_mysql;

namespace transload::mysql {

/// Changes the read and write time limits of a connected session; 0 = wait for ever. The library's options count
/// only until the connection is made, and the handshake needs other limits than a long ALTER.
void set_io_timeouts(st_mysql* handle, std::chrono::seconds read, std::chrono::seconds write);

/// A hold on the connection of a session, by which another thread can end it: the statement that waits for an answer then
/// fails with error 2013. Outlives the session without harm.
class ConnectionHold {
  public:
    explicit ConnectionHold(st_mysql* handle);
    ~ConnectionHold();
    ConnectionHold(const ConnectionHold&) = delete;
    ConnectionHold& operator=(const ConnectionHold&) = delete;
    void cut() const noexcept;

  private:
    int socket_;
};

}  // namespace transload::mysql
