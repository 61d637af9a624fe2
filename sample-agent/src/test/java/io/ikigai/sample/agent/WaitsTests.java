package io.ikigai.sample.agent;

import io.ikigai.platform.testing.WaitRulesTests;

/**
 * How the tests of this module wait.
 */
class WaitsTests extends WaitRulesTests {

}
