#pragma once
#include "orchestrator/job/event.hpp"

namespace transload {

/// Hears of everything that happens, after it is durable. Thread-safe; must not throw and must not block long.
class EventSink {
  public:
    virtual ~EventSink() = default;
    virtual void on_event(const Event& event) = 0;
    virtual void on_progress(const JobId& job, const TableProgress& progress) = 0;
    virtual void on_stream(const JobId& job, const StreamProgress& progress) { (void)job, (void)progress; }
};

}  // namespace transload
