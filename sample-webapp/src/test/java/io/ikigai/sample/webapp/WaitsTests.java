package io.ikigai.sample.webapp;

import io.ikigai.platform.testing.WaitRulesTests;

/**
 * How the tests of this module wait.
 */
class WaitsTests extends WaitRulesTests {

}
