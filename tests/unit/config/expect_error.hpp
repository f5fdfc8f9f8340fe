#pragma once
#include <catch2/catch.hpp>
#include <string>

#include "orchestrator/plan/error.hpp"

namespace transload::test {

/// The usage error that an act ends with; fails the test when it ends well or otherwise.
template <class Act>
Error error_of(Act act) {
    try {
        act();
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error;
    }
    FAIL("no error");
    return Error(ErrorKind::failed, "", "", "", "");
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace transload::test
