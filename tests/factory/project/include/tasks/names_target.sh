#!/bin/bash
echo {{ target }} {{ ds }}
