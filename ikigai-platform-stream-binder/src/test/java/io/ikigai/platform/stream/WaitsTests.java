package io.ikigai.platform.stream;

import io.ikigai.platform.testing.WaitRulesTests;

/**
 * How the tests of this module wait.
 */
class WaitsTests extends WaitRulesTests {

}
