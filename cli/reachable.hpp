#pragma once
#include <mutex>

namespace transload::cli {

/// An object that the thread of a signal may call while it is there. Thread-safe.
template <class T>
class Reachable {
  public:
    /// Makes the object reachable for as long as it lives; ends after a call that is under way.
    class Here {
      public:
        Here(Reachable& reachable, T& object) : reachable_(reachable) { reachable_.set(&object); }
        ~Here() { reachable_.set(nullptr); }
        Here(const Here&) = delete;
        Here& operator=(const Here&) = delete;

      private:
        Reachable& reachable_;
    };

    template <class Act>
    void call(Act act) {
        const std::lock_guard lock(mutex_);
        if (object_) act(*object_);
    }

  private:
    void set(T* object) {
        const std::lock_guard lock(mutex_);
        object_ = object;
    }

    std::mutex mutex_;
    T* object_ = nullptr;
};

}  // namespace transload::cli
