package io.ikigai.platform.testing;

/**
 * How the tests of this module wait.
 */
class WaitsTests extends WaitRulesTests {

}
